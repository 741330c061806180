import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Everything the pages keep in the address. All values are text, so that an address stays readable. */
export const urlKeys = [
  'from',
  'to',
  'q',
  'project',
  'live',
  'list',
  'order',
  'sel',
  'diff',
  'facets',
  'view',
  'span',
  'find',
  'zoom',
  'closed',
  'service',
  'skew',
  'path',
  'details',
  'a',
  'b',
  'sort',
  'by',
  'focus',
  'only',
  'rule',
] as const;
export type UrlKey = (typeof urlKeys)[number];
export type UrlState = { readonly [key in UrlKey]?: string };
/** `undefined` takes a key out of the address. */
export type UrlPatch = { readonly [key in UrlKey]?: string | undefined };

export function parseUrlState(search: string): UrlState {
  const params = new URLSearchParams(search);
  const state: { [key in UrlKey]?: string } = {};
  for (const key of urlKeys) {
    const value = params.get(key);
    if (value !== null && value !== '') state[key] = value;
  }
  return state;
}

export function formatUrlState(state: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const key of urlKeys) {
    const value = state[key];
    if (typeof value === 'string' && value !== '') params.set(key, value);
  }
  // Colons, commas and slashes are legal in a query; leaving them makes an address that people can read.
  const text = params.toString().replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%2F/g, '/');
  return text === '' ? '' : `?${text}`;
}

export function patchUrlState(state: UrlState, patch: UrlPatch): UrlState {
  const next: { [key in UrlKey]?: string } = {};
  for (const key of urlKeys) {
    const value = key in patch ? patch[key] : state[key];
    if (value !== undefined && value !== '') next[key] = value;
  }
  return next;
}

/** What every page of the workspace shares: a link from one to another keeps it. */
export function sharedUrlState(state: UrlState): UrlState {
  return patchUrlState({}, { from: state.from, to: state.to, project: state.project });
}

/** The whole address of a trace as others may open it: without the range and filter that it was found with. */
export function linkTo(traceId: string, state: UrlPatch): string {
  return `${location.origin}/traces/${traceId}${formatUrlState(patchUrlState({}, state))}`;
}

export type UpdateUrl = (patch: UrlPatch, how?: { replace?: boolean }) => void;

export function useUrlState(): [UrlState, UpdateUrl] {
  const state: UrlState = useSearch({ strict: false });
  const navigate = useNavigate();
  const update = useCallback<UpdateUrl>(
    (patch, how) => {
      void navigate({
        to: '.',
        search: (previous: UrlState) => patchUrlState(previous, patch),
        replace: how?.replace ?? false,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [state, update];
}
