"""Objects with botocore, as boto3 drives them: parts, ranges, presigned URLs."""

import hashlib
import json
import sys
import urllib.error
import urllib.request

try:
    import botocore.session as engine
    from botocore.config import Config
except ImportError:
    import awscli.botocore.session as engine
    from awscli.botocore.config import Config

world = json.load(sys.stdin)
s3 = engine.get_session().create_client(
    "s3",
    region_name=world["region"],
    endpoint_url=world["endpoint"],
    aws_access_key_id=world["id"],
    aws_secret_access_key=world["secret"],
    aws_session_token=world["token"],
    config=Config(proxies={}, signature_version="s3v4", s3={"addressing_style": "path"}),
)
bucket, own, other = world["bucket"], world["own"], world["other"]
result = {}


def told(name, work):
    try:
        result[name] = work() or ""
    except urllib.error.HTTPError as e:
        result[name] = str(e.code)
    except Exception as e:
        if not hasattr(e, "response"):
            raise
        result[name] = e.response["Error"]["Code"]


def put(key, body=b"from Python"):
    s3.put_object(Bucket=bucket, Key=key, Body=body)


def get(key, **more):
    return s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read().decode()


def presigned(key):
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=60)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(url).read().decode()


def parts():
    key, size = own + "/py/parts", 5 << 20
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    bodies = [bytes([i]) * (size if i < 2 else 7) for i in range(3)]
    done = [
        {"PartNumber": i + 1, "ETag": s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=i + 1, Body=b)["ETag"]}
        for i, b in enumerate(bodies)
    ]
    s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": done})
    back = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return "the same bytes" if hashlib.sha256(back).digest() == hashlib.sha256(b"".join(bodies)).digest() else "other bytes"


told("put", lambda: put(own + "/py.txt"))
told("get", lambda: get(own + "/py.txt"))
told("range", lambda: get(own + "/py.txt", Range="bytes=5-6"))
told("parts", parts)
told("presigned", lambda: presigned(own + "/py.txt"))
told("foreign get", lambda: get(other + "/hello.txt"))
told("foreign put", lambda: put(other + "/py.txt"))
told("foreign presigned", lambda: presigned(other + "/hello.txt"))
told("delete", lambda: s3.delete_object(Bucket=bucket, Key=own + "/py.txt") and "")
json.dump(result, sys.stdout)
