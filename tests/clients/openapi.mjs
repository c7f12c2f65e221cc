// A client that believes the OpenAPI document, and nothing else: it checks that the document is valid, sends requests, and checks every
// request and every answer against what the document says of it.
//
//   node openapi.mjs ADDRESS REQUESTS
//
// REQUESTS is a file that holds a list in JSON of {"method", "template", "path", "query", "body", "headers", "lines"}: the path of the
// document and the one to ask for, the parameters to add to it, and the body, a text or JSON. Of a stream so many lines are read. The
// environment variable AUTHORIZATION is sent where a request has no header of that name. Prints as a line of JSON {"version", "errors",
// "answers": [{"status", "type", "asked", "problems"}]}: what is wrong with the document, with each request, and with its answer.
import { readFileSync } from 'node:fs';
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
for (const request of JSON.parse(readFileSync(requests, 'utf8'))) answers.push(await ask(request));
console.log(JSON.stringify({ version: validator.version, errors: errors ?? [], answers }));

async function ask({ method, template, path, query = {}, body, headers = {}, lines = 0 }) {
  const verb = method.toLowerCase();
  if (!document.paths[template]?.[verb]) return { problems: [`${method} ${template} is not described`] };
  const leaving = new AbortController();
  const response = await fetch(address + path + written(query), {
    method,
    headers: { ...(process.env.AUTHORIZATION ? { authorization: process.env.AUTHORIZATION } : {}), ...headers },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    signal: leaving.signal,
  });
  const text = lines > 0 && response.ok ? await readLines(response, lines) : await response.text();
  leaving.abort();

  const operation = at('paths', template, verb);
  const { responses } = document.paths[template][verb];
  const described = at(...operation, 'responses', response.status in responses ? `${response.status}` : 'default');
  const type = (response.headers.get('content-type') ?? '').split(';')[0];
  return {
    status: response.status,
    type,
    asked: checkRequest(operation, query, headers, body),
    problems: [...checkHeaders(described, response.headers), ...checkContent(described, type, text)],
  };
}

function checkRequest(operation, query, headers, body) {
  const problems = [];
  const values = { query: new Map(Object.entries(query)), header: new Map(Object.entries(headers)) };
  const { parameters = [], requestBody } = lookUp(operation);
  parameters.forEach((parameter, i) => {
    const given = values[parameter.in];
    if (!given?.has(parameter.name)) return;
    problems.push(...check(at(...operation, 'parameters', i, 'schema'), given.get(parameter.name)));
    given.delete(parameter.name);
  });
  for (const name of values.query.keys()) problems.push(`${name} is not described`);
  if (body !== undefined && !requestBody) problems.push('a body is not described');
  else if (typeof body === 'object') {
    problems.push(...check(at(...operation, 'requestBody', 'content', 'application/json', 'schema'), body));
  }
  return problems;
}

function checkHeaders(described, received) {
  const problems = [];
  for (const name of Object.keys(lookUp(described).headers ?? {})) {
    const header = at(...described, 'headers', name);
    const { required = false, schema } = lookUp(header);
    const value = received.get(name);
    if (value === null && required) problems.push(`the header ${name} is missing`);
    else if (value !== null) problems.push(...check(at(...header, 'schema'), schema.type === 'integer' ? Number(value) : value));
  }
  return problems;
}

function checkContent(described, type, text) {
  const { content = {} } = lookUp(described);
  if (!type) return Object.keys(content).length > 0 ? ['a body is described, and none came'] : [];
  if (!content[type]) return [`${type} is not described`];
  const schemaOf = (form) => at(...described, 'content', form, 'schema');
  switch (type) {
    case 'text/plain':
      return check(schemaOf(type), text);
    case 'application/x-ndjson':
      return text.split('\n').flatMap((line) => check(schemaOf(type), JSON.parse(line)));
    case 'text/event-stream': {
      // What an event's data is, the other form of the stream says.
      const data = text.split('\n').filter((line) => line.startsWith('data:'));
      const ofEvents = data.flatMap((line) => check(schemaOf('application/x-ndjson'), JSON.parse(line.slice('data:'.length))));
      return [...(data.length === 0 ? ['no event came'] : []), ...check(schemaOf(type), text), ...ofEvents];
    }
    default:
      return check(schemaOf(type), JSON.parse(text));
  }
}

function check(where, value) {
  const validate = schemas.compile({ $ref: `document#/${where.map(pointer).join('/')}` });
  return validate(value) ? [] : [schemas.errorsText(validate.errors)];
}

// The place in the document that a path leads to, references followed.
function at(...parts) {
  return parts.reduce((where, part) => {
    const { $ref } = lookUp([...where, part]);
    return $ref ? $ref.slice('#/'.length).split('/').map((word) => word.replaceAll('~1', '/').replaceAll('~0', '~')) : [...where, part];
  }, []);
}

function lookUp(where) {
  return where.reduce((value, part) => value[part], document);
}

function written(query) {
  const parameters = Object.entries(query).flatMap(([name, value]) => [value].flat().map((item) => [name, item]));
  return parameters.length > 0 ? `?${new URLSearchParams(parameters)}` : '';
}

async function readLines(response, count) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of response.body) {
    text += decoder.decode(part, { stream: true });
    if (text.split('\n').length > count) break;
  }
  return text.split('\n').slice(0, count).join('\n');
}

function pointer(part) {
  return encodeURIComponent(`${part}`.replaceAll('~', '~0').replaceAll('/', '~1'));
}
