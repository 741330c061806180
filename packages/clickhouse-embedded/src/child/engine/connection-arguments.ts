import type { EngineOptions } from '../../options.ts';

const MIB = 1024 * 1024;

/**
 * chDB's defaults are a server's: 90 % of the machine's memory, 5 GB of mark cache, sixteen merges at a time. These
 * go with every connection: the first one sets what concerns the whole engine, each its own settings.
 */
export function connectionArguments(options: EngineOptions): string[] {
  const server = {
    max_server_memory_usage: options.maxMemoryBytes,
    mark_cache_size: Math.min(128 * MIB, Math.floor(options.maxMemoryBytes / 8)),
    primary_index_cache_size: Math.min(128 * MIB, Math.floor(options.maxMemoryBytes / 8)),
    index_mark_cache_size: 32 * MIB,
    index_uncompressed_cache_size: 0,
    uncompressed_cache_size: 0,
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
  };
  const settings = {
    // As a server, not as clickhouse-local: `nonsense` alone is a syntax error, not a select.
    implicit_select: 0,
    max_memory_usage: options.maxQueryMemoryBytes,
    max_result_bytes: options.maxResultBytes,
    result_overflow_mode: 'throw',
  };
  return Object.entries({ ...server, ...settings }).map(([name, value]) => `--${name}=${value}`);
}
