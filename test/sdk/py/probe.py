"""Runs the steps that Go hands over on standard input with botocore, which is
boto3's engine, and prints what came of each: {"ok"} or {"code", "message"}.

Debian's AWS CLI brings a copy of botocore of its own; any copy will do.
"""

import json
import re
import sys

try:
    import botocore.session as engine
    from botocore.config import Config
except ImportError:
    import awscli.botocore.session as engine
    from awscli.botocore.config import Config


def snake(operation):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def main():
    if "--check" in sys.argv:
        return  # it could be imported
    work = json.load(sys.stdin)
    session = engine.get_session()
    clients = {
        who: session.create_client(
            "dynamodb",
            region_name=work["region"],
            endpoint_url=work["endpoint"],
            aws_access_key_id=key["id"],
            aws_secret_access_key=key["secret"],
            aws_session_token=key["token"],
            config=Config(proxies={}),
        )
        for who, key in work["credentials"].items()
    }
    answers = []
    for step in work["steps"]:
        try:
            getattr(clients[step["who"]], snake(step["operation"]))(**step["input"])
            answers.append({"ok": True})
        except Exception as e:
            if not hasattr(e, "response"):  # a ClientError, of whichever copy
                raise
            answers.append({"code": e.response["Error"]["Code"], "message": e.response["Error"]["Message"]})
    json.dump(answers, sys.stdout)


main()
