// Pooled tenants with Amplify v6: sign-up, SRP, tokens and credentials are
// Amplify's work; its credentials then go to the DynamoDB client.
import { Amplify } from "aws-amplify";
import { signUp, confirmSignUp, signIn, signOut, fetchAuthSession, updateUserAttributes } from "aws-amplify/auth";
import { world, code, setOrg, told, tryAll, whoAmI, tell } from "./story.mjs";

Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: world.userPool, userPoolClientId: world.client, userPoolEndpoint: world.endpoint,
      identityPoolId: world.identityPool, identityPoolEndpoint: world.endpoint, allowGuestAccess: true,
      loginWith: { email: true },
    },
  },
});

const result = { matrix: {}, roles: {}, identities: {} };

async function enter(email) {
  const { isSignedIn, nextStep } = await signIn({ username: email, password: world.password, options: { authFlowType: "USER_SRP_AUTH" } });
  if (!isSignedIn) throw new Error(`next step of signing in: ${JSON.stringify(nextStep)}`);
  return fetchAuthSession({ forceRefresh: true });
}

await tryAll(result.matrix, "guest", (await fetchAuthSession()).credentials);
for (const [who, org] of Object.entries(world.people)) {
  const email = `${who}@example.org`;
  const { nextStep } = await signUp({ username: email, password: world.password, options: { userAttributes: { email } } });
  if (nextStep.signUpStep !== "CONFIRM_SIGN_UP") throw new Error(`next step of signing up: ${JSON.stringify(nextStep)}`);
  await confirmSignUp({ username: email, confirmationCode: await code(email) });
  await setOrg(email, org);
  const { credentials, identityId } = await enter(email);
  await tryAll(result.matrix, who, credentials);
  result.roles[who] = await whoAmI(credentials);
  result.ownOrg = await told(updateUserAttributes({ userAttributes: { "custom:org": "elsewhere" } }));
  await signOut();
  result.identities[who] = [identityId, (await enter(email)).identityId];
  await signOut();
}
tell(result);
