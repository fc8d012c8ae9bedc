// Which file of the build a path means (CloudFront Functions, runtime 2.0); as infra/edge.py's routed(), but for the
// front page, which on AWS is the console's.
function handler(event) {
  const request = event.request;
  if (request.uri === "/" || request.uri === "/console") {
    return { statusCode: 302, statusDescription: "Found", headers: { location: { value: "/console/" } } };
  }
  if (/^\/console\/(.*\/)?[^./]*$/.test(request.uri)) request.uri = "/console/index.html";
  return request;
}
