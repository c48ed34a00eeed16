// Answers what it is asked to answer.
export async function handler(event) {
  const want = JSON.parse(event.queryStringParameters?.say ?? "{}");
  return { statusCode: 200, headers: want.header ?? {}, body: want.size ? "x".repeat(want.size) : "said" };
}
