import type { AttributeValue, Resource } from '@utxoiq/model';
import { type Filled, filledBit, NOTHING_FILLED } from './filled-columns.ts';
import { promotedColumn } from './promoted-attributes.ts';
import { SparseUint16Column } from './promoted-column.ts';
import type { PromotedColumn } from './span-columns.ts';
import { AttributeType } from './span-row.ts';

/** A row of table `attribute_keys`: how many spans of a block have this attribute with this type. */
export interface AttributeUse {
  readonly project: string;
  readonly on: 'span' | 'resource';
  readonly key: string;
  readonly type: AttributeType;
  /** Whether the values lie in the key's promoted column; false: in a map or in the resource. */
  readonly promoted: boolean;
  readonly count: number;
}

/** What a block knows of one attribute key: its promoted column, and how often each type came. */
export interface KeyPlan {
  readonly column: PromotedColumn | null;
  /** Of the promoted column; none without one. */
  readonly filled: Filled;
  /** The last row whose value the column took, so that a key that comes twice does not shift the column. */
  lastRow: number;
  /** Values in maps, by AttributeType. */
  readonly counts: number[];
  /** Values in the promoted column. */
  promotedCount: number;
  /** Index of the key in the dictionary of each map, by AttributeType; -1 before its first use. */
  readonly mapKeys: number[];
}

class ProjectPlans {
  readonly keys = new Map<string, KeyPlan>();
  readonly resources = new Map<Resource, { count: number }>();
  readonly #promoted: ReadonlyMap<string, PromotedColumn>;
  /** Spans of a kind carry the same keys in the same order: the one that came last at a place is looked at first. */
  readonly #lastKeys: string[] = [];
  readonly #lastPlans: KeyPlan[] = [];

  constructor(promoted: ReadonlyMap<string, PromotedColumn>) {
    this.#promoted = promoted;
  }

  /** @param place the attribute's place in its span */
  plan(key: string, place: number): KeyPlan {
    if (this.#lastKeys[place] === key) return this.#lastPlans[place] as KeyPlan;
    const plan = this.#find(key);
    this.#lastKeys[place] = key;
    this.#lastPlans[place] = plan;
    return plan;
  }

  #find(key: string): KeyPlan {
    let plan = this.keys.get(key);
    if (plan === undefined) {
      const column = this.#promoted.get(key) ?? null;
      plan = {
        column,
        filled: column === null ? NOTHING_FILLED : filledBit(promotedColumn(key)),
        lastRow: -1,
        counts: [0, 0, 0, 0, 0, 0, 0, 0],
        promotedCount: 0,
        mapKeys: [-1, -1, -1, -1, -1, -1, -1, -1],
      };
      this.keys.set(key, plan);
    }
    return plan;
  }
}

/** Counts attribute keys while a block fills: nearly free here, 2 us per span as a materialized view. */
export class AttributeCatalogue {
  readonly #promoted: ReadonlyMap<string, PromotedColumn>;
  readonly #projects = new Map<string, ProjectPlans>();
  #lastProject = '';
  #last: ProjectPlans | null = null;

  constructor(promoted: ReadonlyMap<string, PromotedColumn>) {
    this.#promoted = promoted;
  }

  /** The plans of the project of the row being added; counts its resource. */
  of(project: string, resource: Resource): ProjectPlans {
    const plans = this.#last !== null && this.#lastProject === project ? this.#last : this.#switch(project);
    const seen = plans.resources.get(resource);
    if (seen === undefined) plans.resources.set(resource, { count: 1 });
    else seen.count++;
    return plans;
  }

  uses(): readonly AttributeUse[] {
    const uses = new Map<string, { -readonly [Field in keyof AttributeUse]: AttributeUse[Field] }>();
    const count = (use: AttributeUse) => {
      const id = `${use.on} ${use.promoted} ${use.type} ${use.project.length} ${use.project} ${use.key}`;
      const known = uses.get(id);
      if (known === undefined) uses.set(id, { ...use });
      else known.count += use.count;
    };
    for (const [project, { keys, resources }] of this.#projects) {
      for (const [key, { counts, column, promotedCount }] of keys) {
        if (promotedCount > 0) {
          const type = column instanceof SparseUint16Column ? AttributeType.int : AttributeType.string;
          count({ project, on: 'span', key, type, promoted: true, count: promotedCount });
        }
        for (const type of Object.values(AttributeType)) {
          const spans = counts[type] as number;
          if (spans > 0) count({ project, on: 'span', key, type, promoted: false, count: spans });
        }
      }
      for (const [resource, { count: spans }] of resources) {
        for (const [key, value] of resource.attributes) {
          count({
            project,
            on: 'resource',
            key,
            type: attributeTypeOf(value),
            promoted: false,
            count: spans,
          });
        }
      }
    }
    return [...uses.values()];
  }

  clear(): void {
    this.#projects.clear();
    this.#last = null;
  }

  #switch(project: string): ProjectPlans {
    let plans = this.#projects.get(project);
    if (plans === undefined) {
      plans = new ProjectPlans(this.#promoted);
      this.#projects.set(project, plans);
    }
    this.#lastProject = project;
    this.#last = plans;
    return plans;
  }
}

export function attributeTypeOf(value: AttributeValue): AttributeType {
  if (typeof value === 'string') return AttributeType.string;
  if (typeof value === 'boolean') return AttributeType.bool;
  if (typeof value === 'bigint') return AttributeType.int;
  if (typeof value === 'number') return AttributeType.double;
  if (value === null) return AttributeType.empty;
  if (value instanceof Uint8Array) return AttributeType.bytes;
  return value instanceof Map ? AttributeType.kvlist : AttributeType.array;
}
