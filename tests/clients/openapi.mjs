// A client that believes the OpenAPI document, and nothing else: it checks that the document is a valid one, sends requests, and checks
// every answer against what the document says of it.
//
//   node openapi.mjs ADDRESS REQUESTS
//
// REQUESTS is a list in JSON of {"method", "template", "path", "body", "headers", "lines"}: the path of the document and the one to
// ask for; of a stream so many lines are read. The environment variable AUTHORIZATION is sent, where a request has no header of that
// name. Prints {"version", "errors", "answers": [{"status", "type", "problems"}]} as a line of JSON.
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [address, requests] = process.argv.slice(2);
const document = await (await fetch(`${address}/openapi.json`)).json();

const validator = new Validator();
const { errors } = await validator.validate(structuredClone(document));

// The document's own keywords around its schemas are none of JSON Schema's.
const schemas = addFormats(new Ajv({ strict: false, allErrors: true }));
schemas.addSchema(document, 'document', undefined, false);

const answers = [];
for (const request of JSON.parse(requests)) answers.push(await ask(request));
console.log(JSON.stringify({ version: validator.version, errors: errors ?? [], answers }));

async function ask({ method, template, path, body, headers = {}, lines = 0 }) {
  const leaving = new AbortController();
  const response = await fetch(address + path, {
    method,
    headers: { ...(process.env.AUTHORIZATION ? { authorization: process.env.AUTHORIZATION } : {}), ...headers },
    body,
    signal: leaving.signal,
  });
  const type = (response.headers.get('content-type') ?? '').split(';')[0];
  const documents = lines > 0 && response.ok ? await readLines(response, lines) : [await response.text()];
  leaving.abort();

  const operation = document.paths[template]?.[method.toLowerCase()];
  const responses = operation?.responses ?? {};
  const status = response.status in responses ? `${response.status}` : 'default';
  const content = responses[status]?.content ?? {};
  const problems = [];
  if (!operation) problems.push(`${method} ${template} is not described`);
  else if (!type && Object.keys(content).length > 0) problems.push(`${status} has a body, and none came`);
  else if (type && !content[type]) problems.push(`${status} is not described as ${type}`);
  else if (type) {
    const where = ['paths', template, method.toLowerCase(), 'responses', status, 'content', type, 'schema'].map(pointer).join('/');
    const check = schemas.compile({ $ref: `document#/${where}` });
    for (const text of documents) {
      if (!check(type === 'text/plain' ? text : JSON.parse(text))) problems.push(schemas.errorsText(check.errors));
    }
  }
  return { status: response.status, type, problems };
}

async function readLines(response, count) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of response.body) {
    text += decoder.decode(part, { stream: true });
    if (text.split('\n').length > count) break;
  }
  return text.split('\n').slice(0, count);
}

function pointer(part) {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
