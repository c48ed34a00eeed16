// What the scripts of the pooled tenants share: the world that Go has set up
// (JSON on standard input), the code from the outbox, and who reached what.
import { text } from "node:stream/consumers";
import { DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { CognitoIdentityProviderClient, AdminUpdateUserAttributesCommand } from "@aws-sdk/client-cognito-identity-provider";
import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";

export const world = JSON.parse(await text(process.stdin));
export const aws = { region: world.region, endpoint: world.endpoint, maxAttempts: 1 };
const root = { accessKeyId: world.rootKey, secretAccessKey: world.rootSecret };

/** The code in the newest message to an address. */
export async function code(to) {
  const answer = await fetch(`${world.endpoint}/_bailiwick/messages?to=${encodeURIComponent(to)}`);
  return (await answer.json()).at(-1).code;
}

/** The administrator says which organisation somebody belongs to. */
export async function setOrg(email, org) {
  const users = new CognitoIdentityProviderClient({ ...aws, credentials: root });
  await users.send(new AdminUpdateUserAttributesCommand({
    UserPoolId: world.userPool, Username: email, UserAttributes: [{ Name: "custom:org", Value: org }],
  }));
}

/** "" if it worked, else "Code: sentence" as the client tells it. */
export async function told(work) {
  try {
    await work;
    return "";
  } catch (e) {
    return `${e.name}: ${e.message}`;
  }
}

async function present(work, count) {
  if (!count(await work)) throw new Error("allowed, but the row was not there");
}

/** Tries every row in the name of somebody; credentials as the SDK takes them. */
export async function tryAll(matrix, who, credentials) {
  const rows = new DynamoDBClient({ ...aws, credentials });
  for (const pk of world.rows) {
    const get = new GetItemCommand({ TableName: world.table, Key: { pk: { S: pk } } });
    const query = new QueryCommand({
      TableName: world.table, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": { S: pk } },
    });
    matrix[`${who} GetItem ${pk}`] = await told(present(rows.send(get), (out) => out.Item));
    matrix[`${who} Query ${pk}`] = await told(present(rows.send(query), (out) => out.Items.length));
  }
}

export async function whoAmI(credentials) {
  return (await new STSClient({ ...aws, credentials }).send(new GetCallerIdentityCommand({}))).Arn;
}

/** Prints the result and ends: Amplify's timers would keep the process for minutes. */
export function tell(result) {
  process.stdout.write(JSON.stringify(result) + "\n", () => process.exit(0));
}
