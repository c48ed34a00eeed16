"""Presigned URLs and forms as boto3 makes them by default: Signature Version 2.
They are used by plain HTTP. Prints what came of each: the body, or status and code."""

import http.client
import json
import re
import sys
import time
import urllib.parse

try:
    import botocore.session as engine
    from botocore.config import Config
    from botocore.auth import HmacV1QueryAuth  # its copy in version 2 of the AWS CLI has none
except ImportError as e:
    sys.exit("no botocore with Signature Version 2: %s" % e)

if "--check" in sys.argv:
    sys.exit()

world = json.load(sys.stdin)
bucket, own, other = world["bucket"], world["own"], world["other"]
result = {}


def client(who, **config):
    return engine.get_session().create_client(
        "s3",
        region_name=world["region"],
        endpoint_url=world["endpoint"],
        aws_access_key_id=who["id"],
        aws_secret_access_key=who["secret"],
        aws_session_token=who["token"] or None,
        config=Config(proxies={}, **config),
    )


def ask(method, url, body=None, host=None, **headers):
    u = urllib.parse.urlsplit(url)
    c = http.client.HTTPConnection(urllib.parse.urlsplit(world["endpoint"]).netloc)
    c.putrequest(method, u.path + ("?" + u.query if u.query else ""), skip_host=True, skip_accept_encoding=True)
    c.putheader("Host", host or u.netloc)
    if body is not None:
        c.putheader("Content-Length", str(len(body)))
    for name, value in headers.items():
        c.putheader(name.replace("_", "-"), value)
    c.endheaders(body)
    r = c.getresponse()
    text = r.read().decode()
    if r.status < 300:
        return text or str(r.status)
    code = re.search("<Code>(.*)</Code>", text)
    message = re.search("<Message>(.*)</Message>", text)
    return "%d %s: %s" % (r.status, code and code[1], message and message[1])


def form(made, body, **more):
    boundary = "a-boundary-of-forms"
    parts = ""
    for name, value in {**made["fields"], **more}.items():
        parts += '--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary, name, value)
    parts += '--%s\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n\r\n%s\r\n--%s--\r\n' % (boundary, body, boundary)
    return ask("POST", made["url"], parts.encode(), Content_Type="multipart/form-data; boundary=" + boundary)


for name, who in world["who"].items():
    s3 = client(who)

    def url(op, key, life=60, **more):
        made = s3.generate_presigned_url(op, Params={"Bucket": bucket, "Key": key, **more}, ExpiresIn=life)
        assert "AWSAccessKeyId=" in made, made
        return made

    def note(what, answer):
        result[name + ": " + what] = answer

    key = own + "/%s v2+ü.txt" % name
    note("put", ask("PUT", url("put_object", key), b"by URL"))
    note("get", ask("GET", url("get_object", key)))
    note("range", ask("GET", url("get_object", key), Range="bytes=3-5"))
    note("named", ask("GET", url("get_object", key, ResponseContentDisposition='attachment; filename="Tom & Jerry.txt"')))
    note("with type", ask("PUT", url("put_object", key, ContentType="text/plain", Metadata={"a": "b c"}), b"typed", Content_Type="text/plain"))
    note("without type", ask("PUT", url("put_object", key, ContentType="text/plain"), b"typed"))
    note("another method", ask("PUT", url("get_object", key), b"x"))
    note("another key", ask("GET", url("get_object", key).replace(own + "/", other + "/")))
    note("more parameters", ask("GET", url("get_object", key) + "&prefix=x"))
    note("a subresource", ask("GET", url("get_object", key) + "&acl"))
    note("another header", ask("PUT", url("put_object", key), b"x", X_Amz_Acl="public-read"))
    note("two signatures", ask("GET", url("get_object", key), Authorization="AWS %s:x" % who["id"]))
    note("another host", ask("GET", url("get_object", key), host="other.s3.localhost"))
    note("expired", ask("GET", url("get_object", key, -1)))
    note("later", ask("GET", re.sub(r"Expires=\d+", "Expires=%d" % (time.time() + 9999), url("get_object", key))))
    note("foreign get", ask("GET", url("get_object", other + "/hello.txt")))
    note("foreign put", ask("PUT", url("put_object", other + "/v2.txt"), b"x"))
    note("listing", ask("GET", s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket, "Prefix": own + "/"})))
    virtual = client(who, s3={"addressing_style": "virtual"})
    path = urllib.parse.urlsplit(virtual.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": own + "/hello.txt"}))
    path = path.path[len(bucket) + 1 :] + "?" + path.query if path.path.startswith("/" + bucket + "/") else path.path + "?" + path.query
    note("bucket in the host", ask("GET", world["endpoint"] + path, host=bucket + ".s3.localhost"))

    made = s3.generate_presigned_post(bucket, own + "/${filename}", ExpiresIn=60)
    assert "signature" in made["fields"], made
    note("form", form(made, "by form"))
    note("form of nothing", form({**made, "fields": {**made["fields"], "policy": "e30="}}, "x"))
    note("form with more", form(made, "x", acl="public-read"))
    note("foreign key", form(made, "x", key=other + "/f.txt"))
    note("foreign form", form(s3.generate_presigned_post(bucket, other + "/f.txt", ExpiresIn=60), "x"))
    note("posted", ask("GET", url("get_object", own + "/f.txt")))
    note("delete", ask("DELETE", url("delete_object", key)))

json.dump(result, sys.stdout)
