// Tells the API's firewall who calls (CloudFront Functions, runtime 2.0). What a viewer says of itself is overwritten.
function handler(event) {
  event.request.headers["x-imchat-viewer"] = { value: event.viewer.ip };
  return event.request;
}
