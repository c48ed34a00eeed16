// Gives whoever confirmed a sign-up the organisation of the address's domain.
// The credentials are those of the function's role.
import aws4 from "aws4";

const organisations = JSON.parse(process.env.ORGANISATIONS);

export async function handler(event) {
  if (event.triggerSource !== "PostConfirmation_ConfirmSignUp") return event;
  const org = organisations[event.request.userAttributes.email.split("@")[1]];
  if (!org) throw new Error("no organisation for this address");
  const endpoint = new URL(process.env.AWS_ENDPOINT_URL);
  const body = JSON.stringify({
    UserPoolId: event.userPoolId, Username: event.userName, UserAttributes: [{ Name: "custom:org", Value: org }],
  });
  const { headers } = aws4.sign({
    service: "cognito-idp", region: process.env.AWS_REGION, host: endpoint.host, path: "/", method: "POST", body,
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "AWSCognitoIdentityProviderService.AdminUpdateUserAttributes",
    },
  });
  const answer = await fetch(endpoint, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(await answer.text());
  return event;
}
