// Gives an answer of the API its WWW-Authenticate back (CloudFront Functions, runtime 2.0): API Gateway passes that header
// of a function's answer on under a name of its own, and RFC 9110 wants it with each 401.
function handler(event) {
  const headers = event.response.headers;
  const kept = headers["x-amzn-remapped-www-authenticate"];
  if (kept) {
    headers["www-authenticate"] = kept;
    delete headers["x-amzn-remapped-www-authenticate"];
  }
  return event.response;
}
