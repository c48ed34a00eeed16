// The second factor through Amplify v6: set up while signed in, asked for at the
// next sign-in, and set up during a sign-in where the pool wants it of everybody.
import crypto from "node:crypto";
import { Amplify } from "aws-amplify";
import {
  signIn, confirmSignIn, signOut, setUpTOTP, verifyTOTPSetup, updateMFAPreference, fetchMFAPreference, getCurrentUser,
} from "aws-amplify/auth";
import { world, told, tell } from "./story.mjs";

const use = ({ userPool, client }) => Amplify.configure({
  Auth: { Cognito: { userPoolId: userPool, userPoolClientId: client, userPoolEndpoint: world.endpoint, loginWith: { email: true } } },
});
const { password } = world;
const result = {};

// RFC 6238 with SHA-1, 30 seconds and 6 digits; ahead counts steps.
function totp(secret, ahead = 0) {
  let bits = "";
  for (const c of secret) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const mac = crypto.createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1e6).padStart(6, "0");
}

// The user decides.
use(world.optional);
result.before = (await signIn({ username: world.optional.email, password })).nextStep.signInStep;
const setup = await setUpTOTP();
await verifyTOTPSetup({ code: totp(setup.sharedSecret) });
await updateMFAPreference({ totp: "PREFERRED" });
result.preference = await fetchMFAPreference();
await signOut();
result.asked = (await signIn({ username: world.optional.email, password })).nextStep.signInStep;
result.replayed = await told(confirmSignIn({ challengeResponse: totp(setup.sharedSecret, -1) }));
result.wrong = await told(confirmSignIn({ challengeResponse: "000000" }));
result.answered = (await confirmSignIn({ challengeResponse: totp(setup.sharedSecret, 1) })).nextStep.signInStep;
result.user = (await getCurrentUser()).signInDetails.loginId;
await updateMFAPreference({ totp: "DISABLED" });
await signOut();
result.off = (await signIn({ username: world.optional.email, password })).nextStep.signInStep;
await signOut();

// The pool wants it of everybody.
use(world.required);
const step = (await signIn({ username: world.required.email, password })).nextStep;
result.mustSetUp = step.signInStep;
result.done = (await confirmSignIn({ challengeResponse: totp(step.totpSetupDetails.sharedSecret) })).nextStep.signInStep;
await signOut();
result.next = (await signIn({ username: world.required.email, password })).nextStep.signInStep;
tell(result);
