"""The bootstrap of Python functions: asks the runtime API for events, calls the
handler, posts what it answers."""

import decimal
import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

API = "/2018-06-01/runtime/"
ENV = os.environ
ROOT = ENV["LAMBDA_TASK_ROOT"]


class Failure(Exception):
    """What keeps the handler from being found, by Lambda's name for it."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind, self.trace = kind, list(trace)


class API_:
    """The connection to the runtime API."""

    def __init__(self):
        self.connection = http.client.HTTPConnection(ENV["AWS_LAMBDA_RUNTIME_API"])

    def call(self, method, what, body=None, headers=None):
        self.connection.request(method, API + what, body=body, headers=headers or {})
        response = self.connection.getresponse()
        return response.status, response.headers, response.read()

    def fail(self, request_id, report, kind):
        what = "invocation/%s/error" % request_id if request_id else "init/error"
        headers = {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": kind}
        self.call("POST", what, json.dumps(report, ensure_ascii=False).encode("utf-8", "replace"), headers)


class Identity:
    def __init__(self, text):
        known = json.loads(text) if text else {}
        self.cognito_identity_id = known.get("cognitoIdentityId")
        self.cognito_identity_pool_id = known.get("cognitoIdentityPoolId")


class Client:
    def __init__(self, known):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, known.get(name))


class ClientContext:
    def __init__(self, known):
        self.custom, self.env = known.get("custom"), known.get("env")
        self.client = Client(known["client"]) if known.get("client") else None


class Context:
    """The second argument of handlers."""

    def __init__(self, headers):
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = ENV["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = ENV["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = ENV["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = ENV["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = ENV["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = Identity(headers.get("Lambda-Runtime-Cognito-Identity"))
        text = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = ClientContext(json.loads(text)) if text else None

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


class RequestIDs(logging.Filter):
    """Gives log records the id of the event they belong to."""

    current = ""

    def filter(self, record):
        record.aws_request_id = RequestIDs.current
        return True


def set_logging_up():
    handler = logging.StreamHandler(sys.stdout)
    formatter = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(RequestIDs())
    logging.getLogger().addHandler(handler)


def load():
    whole = ENV["_HANDLER"]
    name, dot, function = whole.rpartition(".")
    if not dot or not name or not function:
        raise Failure("Runtime.MalformedHandlerName", "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % whole)
    if name.startswith("/") or ".." in name:
        raise Failure("Runtime.MalformedHandlerName", "Bad handler '%s'" % whole)
    name = name.replace("/", ".")
    try:
        module = importlib.import_module(name)
    except ImportError as e:
        raise Failure("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (name, e)) from None
    except SyntaxError as e:
        at = ['  File "%s" Line %s\n    %s' % (e.filename, e.lineno, e.text)]
        raise Failure("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (name, e), at) from None
    try:
        return getattr(module, function)
    except AttributeError:
        raise Failure("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function, name)) from None


def plain(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError("Object of type %s is not JSON serializable" % value.__class__.__name__)


def report_of(e, request_id, kind=None):
    """What the caller is told, and the log."""
    message = str(e)
    if isinstance(e, Failure):
        kind, trace = e.kind, e.trace
    else:
        frames = traceback.extract_tb(e.__traceback__)
        own = [f for f in frames if f.filename != __file__ and "importlib" not in f.filename]
        trace = traceback.format_list(own)
    kind = kind or type(e).__name__
    print("[ERROR] %s: %s" % (kind, message) + ("\nTraceback (most recent call last):\n" + "".join(trace) if trace else ""))
    return {"errorMessage": message, "errorType": kind, "requestId": request_id or "", "stackTrace": trace}, kind


def serve(api, handler):
    while True:
        status, headers, body = api.call("GET", "invocation/next")
        if status != 200:
            return  # the environment ends
        request_id = RequestIDs.current = headers["Lambda-Runtime-Aws-Request-Id"]
        if headers.get("Lambda-Runtime-Trace-Id"):
            ENV["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"]
        else:
            ENV.pop("_X_AMZN_TRACE_ID", None)
        try:
            try:
                event = json.loads(body) if body else None
            except ValueError as e:
                raise Failure("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % e) from None
            result = handler(event, Context(headers))
            try:
                answer = json.dumps(result, ensure_ascii=False, default=plain).encode("utf-8")
            except (TypeError, ValueError, UnicodeError) as e:
                raise Failure("Runtime.MarshalError", "Unable to marshal response: %s" % e) from None
        except Exception as e:  # whatever a handler raises is its answer
            report, kind = report_of(e, request_id)
            sys.stdout.flush()
            api.fail(request_id, report, kind)
            continue
        sys.stdout.flush()
        api.call("POST", "invocation/%s/response" % request_id, answer, {"Content-Type": "application/json"})


def main():
    sys.path[0] = ROOT  # not this file's folder
    sys.path.insert(1, "/opt/python")
    set_logging_up()
    api = API_()
    try:
        handler = load()
    except BaseException as e:  # SystemExit too: loading must not end quietly
        report, kind = report_of(e, "")
        sys.stdout.flush()
        api.fail("", report, kind)
        sys.exit(1)
    serve(api, handler)


if __name__ == "__main__":
    main()
