// Judges a state machine: its form by asl-validator, and what its JSONata expressions come to by JSONata's own
// implementation. In: {definitions: [...], expressions: [[expression, the value of $states]]}. Out: {problems, values};
// a value that is none, which Step Functions takes for an error, is {nothing: true}, any other {value}.
const validate = require("asl-validator");
const jsonata = require("jsonata");

async function value([expression, states]) {
  const found = await jsonata(expression).evaluate(undefined, { states });
  return found === undefined ? { nothing: true } : { value: found };
}

async function main() {
  const { definitions, expressions } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const problems = definitions.map((one) => {
    const said = validate(one, { checkPaths: true, checkArn: false });
    return said.isValid ? "" : said.errorsText("\n");
  });
  console.log(JSON.stringify({ problems, values: await Promise.all(expressions.map(value)) }));
}

main();
