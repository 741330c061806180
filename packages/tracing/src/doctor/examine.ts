import type { Environment } from '../config/environment.ts';
import { type Settings, settingsOf } from '../config/settings.ts';
import { apiCopies } from './api-copies.ts';
import { appStart } from './app-start.ts';
import { unknownVariables } from './environment-names.ts';
import { tryExporter } from './exporter.ts';
import { broken, doubtful, type Finding, fine } from './finding.ts';
import { missingInstrumentations } from './missing-instrumentations.ts';

export interface Patient {
  readonly env: Environment;
  /** Where the program's node_modules are looked for. */
  readonly directory: string;
  readonly fetch: typeof globalThis.fetch;
  /** What starts the program; by default the start script of package.json. */
  readonly app?: string;
}

const TIMEOUT_MS = 5000;
const MAX_CLOCK_SKEW_MS = 5000;
const OLDEST_NODE = [22, 15] as const;

/** Looks at everything that makes spans vanish silently. */
export async function examine(patient: Patient): Promise<Finding[]> {
  const { env, directory, app } = patient;
  const settings = settingsFinding(env);
  if ('level' in settings) return [nodeVersion(), settings, ...unknownVariables(env)];
  const direct = settings.protocol === 'http/protobuf' && settings.google === null;
  return [
    nodeVersion(),
    ...switches(settings, env),
    ...unknownVariables(env),
    ...apiCopies(directory),
    ...appStart(directory, env, app),
    ...missingInstrumentations(directory, env),
    ...(direct ? await collector(settings, patient.fetch) : [await tryExporter(settings)]),
    await monitoringApi(settings, patient.fetch),
  ];
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const old = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return old
    ? broken(
        `Node ${process.versions.node} does not publish the channels that tracing listens to`,
        `use Node ${OLDEST_NODE.join('.')} or newer`,
      )
    : fine(`Node ${process.versions.node}`);
}

function settingsFinding(env: Environment): Settings | Finding {
  try {
    return settingsOf({}, env);
  } catch (error) {
    return broken(error instanceof Error ? error.message : String(error), 'correct or unset the variable');
  }
}

function* switches(settings: Settings, env: Environment): Generator<Finding> {
  if (!settings.enabled) {
    yield broken('tracing is switched off', 'unset OTEL_SDK_DISABLED and OTEL_TRACES_EXPORTER=none');
  }
  const exporter = env.OTEL_TRACES_EXPORTER?.trim() || 'otlp';
  if (exporter !== 'otlp' && exporter !== 'none') {
    yield doubtful(
      `spans go out over OTLP, whatever OTEL_TRACES_EXPORTER=${exporter} says`,
      'set it to otlp or none; where they go says OTEL_EXPORTER_OTLP_ENDPOINT',
    );
  }
  const sampler = settings.sampler.toString();
  if (/AlwaysOff|Based\{0\}/.test(sampler)) {
    yield broken(`the sampler ${sampler} keeps nothing`, 'set OTEL_TRACES_SAMPLER=parentbased_always_on');
  }
  if (settings.serviceName.startsWith('unknown_service')) {
    yield doubtful('the service has no name', 'set OTEL_SERVICE_NAME, or pass serviceName');
  }
  if (settings.protocol === 'http/protobuf' && /:4317\b/.test(settings.tracesUrl)) {
    yield doubtful(
      `${settings.tracesUrl} is the port of gRPC`,
      'OTLP over HTTP listens on 4318; or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
    );
  }
}

/** An empty request: a collector that is there says yes, and tells its clock. */
async function collector(settings: Settings, fetch: typeof globalThis.fetch): Promise<Finding[]> {
  const url = settings.tracesUrl;
  try {
    const headers = typeof settings.headers === 'function' ? await settings.headers() : settings.headers;
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return [collectorAnswer(url, response), ...clock(response.headers.get('date'))];
  } catch (error) {
    const { cause = error } = error as { cause?: unknown };
    const why =
      cause instanceof Error ? (cause as NodeJS.ErrnoException).code || cause.message : String(cause);
    return [
      broken(
        `no collector at ${url}: ${why}`,
        'start one there (`npm start` in this platform), or set OTEL_EXPORTER_OTLP_ENDPOINT',
      ),
    ];
  }
}

function collectorAnswer(url: string, response: Response): Finding {
  const { status } = response;
  if (response.headers.get('content-type')?.includes('html')) {
    return broken(`${url} answers with a web page`, 'this is no collector: check host, port and path');
  }
  if (status === 401 || status === 403) {
    return broken(
      `${url} refuses the credentials (HTTP ${status})`,
      'set OTEL_EXPORTER_OTLP_HEADERS or `headers`',
    );
  }
  if (status === 404) return broken(`${url} does not exist (HTTP 404)`, 'the path should end in /v1/traces');
  if (status >= 400)
    return doubtful(`${url} answers HTTP ${status} to an empty request`, 'look into its log');
  return fine(`a collector answers at ${url}`);
}

function* clock(date: string | null): Generator<Finding> {
  if (date === null) return;
  const skewMs = Date.now() - Date.parse(date);
  if (Math.abs(skewMs) < MAX_CLOCK_SKEW_MS) return;
  yield doubtful(
    `this clock and the collector's differ by ${Math.round(skewMs / 1000)} s`,
    'let both follow NTP: spans are looked for where their times say',
  );
}

async function monitoringApi(settings: Settings, fetch: typeof globalThis.fetch): Promise<Finding> {
  const url = `${settings.apiUrl.replace(/\/+$/, '')}/api/v1/monitoring/services`;
  const token = typeof settings.apiToken === 'function' ? await settings.apiToken() : settings.apiToken;
  const now = Date.now();
  const query = new URLSearchParams({
    start_time: new Date(now - 3_600_000).toISOString(),
    end_time: new Date(now).toISOString(),
  });
  try {
    const response = await fetch(`${url}?${query}`, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return fine(`the monitoring API answers at ${settings.apiUrl}`);
    if (response.status === 401 || response.status === 403) {
      return doubtful(
        `the monitoring API at ${settings.apiUrl} refuses the token (HTTP ${response.status})`,
        'getTrace and listTraces need UTXOIQ_TRACING_TOKEN: `npm run -s token -- --role viewer` prints one',
      );
    }
    return doubtful(
      `the monitoring API at ${settings.apiUrl} answers HTTP ${response.status}`,
      'look into its log',
    );
  } catch {
    return doubtful(
      `no monitoring API at ${settings.apiUrl}: getTrace and listTraces will fail`,
      'set UTXOIQ_TRACING_API_URL, if you use them',
    );
  }
}
