// Judges calls of DynamoDB by dynalite's validators. In: [[operation, its request]]. Out: for each what dynalite says of
// it, "" where it has nothing to say.
const { join } = require("node:path");
const { checkTypes, checkValidations, toLowerFirst } = require("dynalite/validations");

const store = { options: { maxItemSize: 400 * 1024, maxItemSizeKB: 400 } };

function said([operation, request]) {
  const { types, custom } = require(join("dynalite", "validations", toLowerFirst(operation)));
  try {
    checkValidations(checkTypes(request, types), types, custom, store);
    return "";
  } catch (error) {
    if (!error.body) throw error;
    return `${error.body.__type}: ${error.body.message || error.body.Message}`;
  }
}

const calls = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(calls.map(said)));
