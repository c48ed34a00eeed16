// Refuses a sign-in without the second factor that an administrator wishes: the
// wish is an attribute that only the server may write, the factor is what the user
// really has.
import aws4 from "aws4";

export async function handler(event) {
  if (event.request.userAttributes["dev:custom:mfa_wished"] !== "true" && event.request.userAttributes["custom:mfa_wished"] !== "true") return event;
  const endpoint = new URL(process.env.AWS_ENDPOINT_URL);
  const body = JSON.stringify({ UserPoolId: event.userPoolId, Username: event.userName });
  const { headers } = aws4.sign({
    service: "cognito-idp", region: process.env.AWS_REGION, host: endpoint.host, path: "/", method: "POST", body,
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSCognitoIdentityProviderService.AdminGetUser" },
  });
  const answer = await fetch(endpoint, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(await answer.text());
  const { UserMFASettingList = [] } = await answer.json();
  if (!UserMFASettingList.includes("SOFTWARE_TOKEN_MFA")) throw new Error("Your administrator wants a second factor. Set one up first");
  return event;
}
