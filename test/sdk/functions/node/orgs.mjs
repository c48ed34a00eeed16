// Writes the organisation into tokens, looked up by what it is told to know people
// by: their names, whose case it folds as e-mail does, or their sub.
const known = JSON.parse(process.env.ORGANISATIONS);

export async function handler(event) {
  const key = process.env.BY === "sub" ? event.request.userAttributes.sub : event.userName.toLowerCase();
  if (known[key]) event.response = { claimsOverrideDetails: { claimsToAddOrOverride: { org: known[key] } } };
  return event;
}
