// What a person does with her account through Amplify v6, beyond signing in:
// first password, wrong password, attributes, new password, forgotten password,
// refresh, sign-out here and everywhere, and the end of the account.
import { Amplify } from "aws-amplify";
import {
  signIn, confirmSignIn, signOut, fetchAuthSession, fetchUserAttributes, updateUserAttributes, confirmUserAttribute, getCurrentUser,
  updatePassword, resetPassword, confirmResetPassword, resendSignUpCode, signUp, autoSignIn, confirmSignUp, deleteUser,
} from "aws-amplify/auth";
import { world, code, told, tell } from "./story.mjs";

Amplify.configure({
  Auth: { Cognito: { userPoolId: world.userPool, userPoolClientId: world.client, userPoolEndpoint: world.endpoint, loginWith: { email: true } } },
});

const { email, password } = world;
const result = {};
const enter = (pw, flow = "USER_SRP_AUTH") => signIn({ username: email, password: pw, options: { authFlowType: flow } });

// An administrator made the account, with a temporary password.
result.unknown = await told(signIn({ username: "nobody@example.org", password }));
result.wrong = await told(enter("Wrong-Horse-7"));
result.first = (await enter(password)).nextStep.signInStep;
result.chosen = (await confirmSignIn({ challengeResponse: `${password}1` })).nextStep.signInStep;
const sub = (await getCurrentUser()).userId;
result.attributes = await fetchUserAttributes();
result.sameSub = result.attributes.sub === sub;
delete result.attributes.sub;

// Attributes.
result.renamed = await updateUserAttributes({ userAttributes: { name: "Ann" } });
const moved = "moved@example.org";
result.moving = (await updateUserAttributes({ userAttributes: { email: moved } })).email.nextStep.updateAttributeStep;
result.badCode = await told(confirmUserAttribute({ userAttributeKey: "email", confirmationCode: "000000" }));
await confirmUserAttribute({ userAttributeKey: "email", confirmationCode: await code(moved) });
const { name, email: address, email_verified } = await fetchUserAttributes();
result.after = { name, address, email_verified };
await updateUserAttributes({ userAttributes: { email } });
await confirmUserAttribute({ userAttributeKey: "email", confirmationCode: await code(email) });

// Refresh: a new token of the same session, with what changed.
const before = (await fetchAuthSession()).tokens.idToken.payload;
const fresh = (await fetchAuthSession({ forceRefresh: true })).tokens.idToken.payload;
result.refreshed = [fresh.name, before.jti !== fresh.jti, before.origin_jti === fresh.origin_jti, before.auth_time === fresh.auth_time];

// Passwords.
result.weak = await told(updatePassword({ oldPassword: `${password}1`, newPassword: "weak" }));
result.wrongOld = await told(updatePassword({ oldPassword: "Wrong-Horse-7", newPassword: `${password}2` }));
await updatePassword({ oldPassword: `${password}1`, newPassword: `${password}2` });
await signOut();
result.old = await told(enter(`${password}1`));
result.reset = (await resetPassword({ username: email })).nextStep.resetPasswordStep;
const resetCode = await code(email);
const reset = (confirmationCode) => confirmResetPassword({ username: email, confirmationCode, newPassword: `${password}3` });
result.badReset = await told(reset(resetCode === "123456" ? "654321" : "123456"));
await reset(resetCode);
result.again = (await enter(`${password}3`, "USER_PASSWORD_AUTH")).nextStep.signInStep;

// Out, everywhere, and gone.
await signOut({ global: true });
result.out = await told(getCurrentUser());
await enter(`${password}3`);
await deleteUser();
result.gone = await told(enter(`${password}3`));

// Signing up again under the same address, with a second code and automatic sign-in.
await signUp({ username: email, password, options: { userAttributes: { email }, autoSignIn: true } });
const stale = await code(email);
await resendSignUpCode({ username: email });
const second = await code(email);
result.twoCodes = stale !== second;
result.confirmed = (await confirmSignUp({ username: email, confirmationCode: second })).nextStep.signUpStep;
result.auto = (await autoSignIn()).nextStep.signInStep;
result.newSub = (await getCurrentUser()).userId !== sub;
await signOut();
const late = "late@example.org";
await signUp({ username: late, password, options: { userAttributes: { email: late } } });
result.unconfirmed = (await signIn({ username: late, password })).nextStep.signInStep;
tell(result);
