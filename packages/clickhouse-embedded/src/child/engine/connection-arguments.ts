import type { EngineOptions } from '../../options.ts';

const MIB = 1024 * 1024;

/**
 * For the first connection, which brings the engine up. chDB's defaults are a server's: 90 % of the machine's memory,
 * 5 GB of mark cache, sixteen merges at a time.
 */
export function engineArguments(options: EngineOptions): string[] {
  const cacheBytes = Math.min(128 * MIB, Math.floor(options.maxMemoryBytes / 8));
  return toArguments({
    max_server_memory_usage: options.maxMemoryBytes,
    mark_cache_size: cacheBytes,
    primary_index_cache_size: cacheBytes,
    index_mark_cache_size: 32 * MIB,
    // Bloom filters of skip indexes, 10 MB per 10M spans: read and unpacked anew, they cost a query 4 ms.
    index_uncompressed_cache_size: Math.min(64 * MIB, Math.floor(options.maxMemoryBytes / 16)),
    // Of what small reads unpack: a page of the newest traces takes a tenth less, again and again on the same minutes.
    uncompressed_cache_size: Math.min(64 * MIB, Math.floor(options.maxMemoryBytes / 16)),
    mmap_cache_size: 100,
    query_condition_cache_size: 16 * MIB,
    background_pool_size: 2,
    background_schedule_pool_size: 4,
    background_fetches_pool_size: 1,
    background_common_pool_size: 2,
    background_move_pool_size: 1,
    background_buffer_flush_schedule_pool_size: 1,
    background_message_broker_schedule_pool_size: 1,
    background_distributed_schedule_pool_size: 1,
  });
}

/** For every connection: its defaults, which a request's settings may change. */
export function connectionArguments(options: EngineOptions): string[] {
  return toArguments({
    // As a server, not as clickhouse-local: `nonsense` alone is a syntax error, not a select.
    implicit_select: 0,
    max_memory_usage: options.maxQueryMemoryBytes,
    max_result_bytes: options.maxResultBytes,
    result_overflow_mode: 'throw',
  });
}

const toArguments = (values: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);
