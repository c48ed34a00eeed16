// Objects and routes with the clients that applications use: SDK for JavaScript
// v3 with lib-storage, and aws4. Prints what came of each.
import http from "node:http";
import crypto from "node:crypto";
import { text } from "node:stream/consumers";
import { Readable } from "node:stream";
import { S3Client, GetObjectCommand, PutObjectCommand, ListObjectsV2Command, HeadObjectCommand } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import aws4 from "aws4";

const world = JSON.parse(await text(process.stdin));
const credentials = world.credentials;
const s3 = new S3Client({ region: world.region, endpoint: world.endpoint, credentials, forcePathStyle: true, maxAttempts: 1 });
const Bucket = world.bucket;
const result = {};

async function told(name, work) {
  try {
    result[name] = (await work()) ?? "";
  } catch (e) {
    result[name] = `${e.name}: ${e.message}`;
  }
}

const get = async (Key) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body.transformToString();
await told("put", async () => { await s3.send(new PutObjectCommand({ Bucket, Key: `${world.own}/js.txt`, Body: "from JavaScript" })); });
await told("get", () => get(`${world.own}/js.txt`));
await told("foreign get", () => get(`${world.other}/hello.txt`));
await told("foreign put", async () => { await s3.send(new PutObjectCommand({ Bucket, Key: `${world.other}/js.txt`, Body: "x" })); });
await told("list", async () => (await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${world.own}/js` }))).Contents.map((o) => o.Key).join());
await told("list all", async () => (await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount);

// Twelve MiB of an unknown length: lib-storage sends it in parts.
const part = crypto.randomBytes(1 << 20);
const whole = crypto.createHash("sha256");
async function* parts() {
  for (let i = 0; i < 12; i++) {
    whole.update(part);
    yield part;
  }
}
await told("upload", async () => {
  await new Upload({ client: s3, params: { Bucket, Key: `${world.own}/large`, Body: Readable.from(parts()) } }).done();
});
await told("large", async () => {
  const out = await s3.send(new GetObjectCommand({ Bucket, Key: `${world.own}/large` }));
  const sum = crypto.createHash("sha256");
  for await (const chunk of out.Body) sum.update(chunk);
  return sum.digest("hex") === whole.digest("hex") ? "the same bytes" : "other bytes";
});
await told("head", async () => String((await s3.send(new HeadObjectCommand({ Bucket, Key: `${world.own}/large` }))).ContentLength));

const { port, hostname } = new URL(world.endpoint);
function route(path, sign = true) {
  const host = `${world.api}.execute-api.localhost:${port}`;
  const signed = { service: "execute-api", region: world.region, host, path, method: "GET" };
  if (sign) aws4.sign(signed, credentials);
  return new Promise((resolve, reject) => {
    http.get({ host: hostname, port, path, headers: { ...signed.headers, Host: host } }, async (answer) => {
      resolve(`${answer.statusCode} ${await text(answer)}`);
    }).on("error", reject);
  });
}
await told("own route", () => route(`/${world.own}/test`));
await told("foreign route", () => route(`/${world.other}/test`));
await told("unsigned route", () => route(`/${world.own}/test`, false));
process.stdout.write(JSON.stringify(result) + "\n", () => process.exit(0));
