import { type Environment, text } from '../config/environment.ts';
import type { TracingOptions } from '../config/options.ts';
import type { HeaderSource } from '../export/otlp-http-transport.ts';
import type { GoogleAuthLike } from './google-auth.ts';

/** How spans get to Google's Telemetry API. */
export interface GoogleOptions {
  /** A `GoogleAuth` of your own, of any major of google-auth-library from 9 on. */
  readonly auth?: GoogleAuthLike;
}

export interface GoogleSettings extends GoogleOptions {
  /** Null: the Telemetry API of the credentials' universe. */
  readonly url: string | null;
  /** `GCE_METADATA_HOST`; null where `METADATA_SERVER_DETECTION=none` says that there is none. */
  readonly metadataHost: string | null;
  /** How long it is waited for: long where `METADATA_SERVER_DETECTION=assume-present` says that it is there. */
  readonly metadataTimeoutMs: number;
}

const TELEMETRY_API = /^telemetry\.(?:[\w-]+\.)*googleapis\.com$/;
const METADATA_HOST = 'metadata.google.internal';
const METADATA_TIMEOUT_MS = 400;
const PRESENT_METADATA_TIMEOUT_MS = 10_000;

/** Null unless asked for, or unless the endpoint is Google's and nothing else authorises requests. */
export function googleOf(
  options: TracingOptions,
  env: Environment,
  tracesUrl: string,
  headers: HeaderSource,
): GoogleSettings | null {
  const { google } = options;
  const isGoogles = TELEMETRY_API.test(new URL(tracesUrl).hostname);
  if (google === false || (google === undefined && !(isGoogles && !authorises(headers)))) return null;
  const named =
    options.endpoint ??
    text(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ??
    text(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  const detection = text(env, 'METADATA_SERVER_DETECTION')?.toLowerCase();
  return {
    ...(typeof google === 'object' && google),
    url: named === undefined ? null : tracesUrl,
    metadataHost: detection === 'none' ? null : (text(env, 'GCE_METADATA_HOST') ?? METADATA_HOST),
    metadataTimeoutMs: detection === 'assume-present' ? PRESENT_METADATA_TIMEOUT_MS : METADATA_TIMEOUT_MS,
  };
}

function authorises(headers: HeaderSource): boolean {
  return typeof headers === 'function' || Object.keys(headers).some((name) => /^authorization$/i.test(name));
}
