import type { AttributeMap, AttributeValue } from '../attribute-value.ts';
import type { Resource, Scope } from '../span.ts';

/** Neither v1 nor v2 has a resource: these attributes say which service a span is of. */
export const SERVICE_KEYS = [
  'service.name',
  'service.version',
  'service.namespace',
  'service.instance.id',
] as const;

/** Where the name stands when `service.name` is missing, as it is after Google's own Node exporter. */
export const NAME_FALLBACKS = [
  'g.co/gae/app/module',
  'g.co/r/cloud_run_revision/service_name',
  'g.co/r/cloud_function/function_name',
  'g.co/r/gae_instance/module_id',
  'g.co/r/k8s_container/container_name',
  'g.co/r/generic_task/job',
] as const;

export const NO_SCOPE: Scope = Object.freeze({
  name: '',
  version: '',
  attributes: new Map<string, AttributeValue>(),
  droppedAttributesCount: 0,
  schemaUrl: '',
});

/** Finds a span's resource in its attributes. One object per service, so that spans can be grouped by it. */
export class ServiceResources {
  readonly #known = new Map<string, Resource>();

  of(attributes: AttributeMap): Resource {
    const found: [string, AttributeValue][] = [];
    for (const key of SERVICE_KEYS) {
      const value = attributes.get(key);
      if (typeof value === 'string') found.push([key, value]);
    }
    if (found[0]?.[0] !== 'service.name') {
      const name = NAME_FALLBACKS.map((key) => attributes.get(key)).find((value) => value !== undefined);
      if (typeof name === 'string' && name !== '') found.unshift(['service.name', name]);
    }
    const id = found.length === 0 ? '' : JSON.stringify(found);
    let resource = this.#known.get(id);
    if (resource === undefined) {
      resource = { attributes: new Map(found), droppedAttributesCount: 0, schemaUrl: '' };
      this.#known.set(id, resource);
    }
    return resource;
  }
}
