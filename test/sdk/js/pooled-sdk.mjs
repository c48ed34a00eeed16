// Pooled tenants with AWS SDK for JavaScript v3 alone. It has no SRP, so the
// password goes in the request; fromCognitoIdentityPool does the rest.
import {
  CognitoIdentityProviderClient, SignUpCommand, ConfirmSignUpCommand, InitiateAuthCommand, UpdateUserAttributesCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { fromCognitoIdentityPool } from "@aws-sdk/credential-providers";
import { world, aws, code, setOrg, told, tryAll, whoAmI, tell } from "./story.mjs";

const users = new CognitoIdentityProviderClient(aws);
const result = { matrix: {}, roles: {}, identities: {} };

async function signIn(email) {
  const out = await users.send(new InitiateAuthCommand({
    AuthFlow: "USER_PASSWORD_AUTH", ClientId: world.client, AuthParameters: { USERNAME: email, PASSWORD: world.password },
  }));
  return out.AuthenticationResult;
}

const swap = (idToken) => fromCognitoIdentityPool({
  identityPoolId: world.identityPool, clientConfig: aws, ...(idToken && { logins: { [world.provider]: idToken } }),
});

await tryAll(result.matrix, "guest", swap());
for (const [who, org] of Object.entries(world.people)) {
  const email = `${who}@example.org`;
  await users.send(new SignUpCommand({
    ClientId: world.client, Username: email, Password: world.password, UserAttributes: [{ Name: "email", Value: email }],
  }));
  await users.send(new ConfirmSignUpCommand({ ClientId: world.client, Username: email, ConfirmationCode: await code(email) }));
  await setOrg(email, org);
  const { IdToken, AccessToken } = await signIn(email);
  const credentials = swap(IdToken);
  await tryAll(result.matrix, who, credentials);
  result.roles[who] = await whoAmI(credentials);
  result.identities[who] = [(await credentials()).identityId, (await swap((await signIn(email)).IdToken)()).identityId];
  result.ownOrg = await told(users.send(new UpdateUserAttributesCommand({
    AccessToken, UserAttributes: [{ Name: "custom:org", Value: "elsewhere" }],
  })));
}
tell(result);
