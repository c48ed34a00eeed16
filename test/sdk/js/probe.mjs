// Runs the steps that Go hands over on standard input with AWS SDK for
// JavaScript v3 and prints what came of each: {"ok"} or {"code", "message"}.
import { text } from "node:stream/consumers";
import * as dynamodb from "@aws-sdk/client-dynamodb";

const { endpoint, region, credentials, steps } = JSON.parse(await text(process.stdin));
const answers = [];
for (const { who, operation, input } of steps) {
  const { id, secret, token } = credentials[who];
  const client = new dynamodb.DynamoDBClient({
    endpoint, region, maxAttempts: 1, credentials: { accessKeyId: id, secretAccessKey: secret, sessionToken: token },
  });
  try {
    await client.send(new dynamodb[`${operation}Command`](input));
    answers.push({ ok: true });
  } catch (e) {
    answers.push({ code: e.name, message: e.message });
  }
}
process.stdout.write(JSON.stringify(answers) + "\n");
