// Confirms everybody and takes every address for proven, as many a tutorial does.
export async function handler(event) {
  event.response = { autoConfirmUser: true, autoVerifyEmail: true };
  return event;
}
