// Shows /v1/openapi.json as a page. Text only ever becomes text nodes.
'use strict';

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  for (const child of children) element.append(child);
  return element;
}

// `names` in a description as code.
function words(text) {
  return (text || '').split('`').map((part, i) => (i % 2 ? make('code', {}, part) : part));
}

let api;

function resolve(thing) {
  if (!thing || !thing.$ref) return thing || {};
  return thing.$ref.slice(2).split('/').reduce((at, part) => at[part], api);
}

function typeText(schema) {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (schema.oneOf) return schema.oneOf.map(typeText).join(' or ');
  if (schema.enum) return schema.enum.join(' | ');
  if (schema.type === 'array') return `list of ${typeText(schema.items)}`;
  return [].concat(schema.type || 'any').join(' or ') + (schema.format ? ` (${schema.format})` : '');
}

function memberTable(schema) {
  const known = resolve(schema);
  if (!known.properties) return null;
  const required = new Set(known.required || []);
  const rows = Object.entries(known.properties).map(([name, member]) =>
    make('tr', {}, make('td', {}, make('code', {}, name), required.has(name) ? ' *' : ''),
      make('td', { class: 'quiet' }, typeText(member)),
      make('td', {}, ...words(member.description))));
  return make('table', {}, ...rows);
}

function operationSection(method, path, operation) {
  const section = make('section', { id: operation.operationId },
    make('h3', {}, operation.summary || operation.operationId),
    make('p', {}, make('code', {}, make('span', { class: 'method' }, method), ` ${path}`)));
  if (operation.description) section.append(make('p', {}, ...words(operation.description)));
  const parameters = (operation.parameters || []).map(resolve);
  if (parameters.length) {
    section.append(make('h4', {}, 'Parameters'), make('table', {}, ...parameters.map((each) =>
      make('tr', {}, make('td', {}, make('code', {}, each.name)),
        make('td', { class: 'quiet' }, `${each.in}, ${typeText(each.schema)}`),
        make('td', {}, ...words(each.description))))));
  }
  for (const [type, content] of Object.entries((operation.requestBody || {}).content || {})) {
    section.append(make('h4', {}, `Body, ${type}`));
    const example = content.example ?? Object.values(content.examples || {})[0]?.value;
    if (example !== undefined) {
      section.append(make('pre', {},
        typeof example === 'string' ? example : JSON.stringify(example, null, 2)));
    }
    const body = content.schema?.oneOf ? content.schema.oneOf[0] : content.schema;
    const table = memberTable(body);
    if (table) section.append(table);
  }
  const replies = Object.entries(operation.responses || {}).map(([status, reply]) => {
    const known = resolve(reply);
    const schema = Object.values(known.content || {})[0]?.schema;
    return make('tr', {}, make('td', {}, status), make('td', {}, ...words(known.description)),
      make('td', { class: 'quiet' }, typeText(schema)));
  });
  section.append(make('h4', {}, 'Replies'), make('table', {}, ...replies));
  return section;
}

async function show() {
  api = await (await fetch('/v1/openapi.json')).json();
  const page = document.getElementById('page');
  const contents = document.getElementById('contents');
  page.replaceChildren(make('h1', {}, `${api.info.title} ${api.info.version}`),
    make('p', {}, api.info.summary || ''));
  for (const paragraph of (api.info.description || '').split('\n\n')) {
    page.append(make('p', {}, ...words(paragraph)));
  }
  for (const tag of api.tags) {
    contents.append(make('h2', {}, tag.description || tag.name));
    for (const [path, methods] of Object.entries(api.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (!(operation.tags || []).includes(tag.name)) continue;
        contents.append(make('a', { href: `#${operation.operationId}` },
          operation.summary || operation.operationId));
        page.append(operationSection(method, path, operation));
      }
    }
  }
  page.append(make('h2', {}, 'Shapes'));
  for (const name of Object.keys(api.components.schemas)) {
    const table = memberTable(api.components.schemas[name]);
    if (table) page.append(make('section', { id: `shape-${name}` }, make('h3', {}, name), table));
  }
  if (location.hash) document.querySelector(location.hash)?.scrollIntoView();
}

show();
