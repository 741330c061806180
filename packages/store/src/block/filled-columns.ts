/**
 * The columns of `spans` in which many spans have nothing, in the order of their bits in the column `filled`: a trace is
 * read without those that are empty in all of its spans (docs/adr/0004). The bits are stored, so the order stays, and new
 * columns come last; there is room for 32.
 */
export const OFTEN_EMPTY_COLUMNS = [
  'status_message',
  'details',
  'attributes_string',
  'attributes_int',
  'attributes_double',
  'attributes_bool',
  'attributes_other',
  'attr_http_request_method',
  'attr_http_method',
  'attr_http_route',
  'attr_url_scheme',
  'attr_server_address',
  'attr_client_address',
  'attr_user_agent_original',
  'attr_network_protocol_version',
  'attr_error_type',
  'attr_rpc_system',
  'attr_rpc_service',
  'attr_rpc_method',
  'attr_db_system_name',
  'attr_db_namespace',
  'attr_db_operation_name',
  'attr_db_collection_name',
  'attr_messaging_system',
  'attr_messaging_destination_name',
  'attr_url_path',
  'attr_url_full',
  'attr_db_query_text',
  'attr_correlation_id',
  'attr_http_response_status_code',
  'attr_http_status_code',
  'attr_server_port',
] as const;

/** A set of them, as bits of a number. */
export type Filled = number;

export const NOTHING_FILLED: Filled = 0;
export const ALL_FILLED: Filled = -1;

const BITS: ReadonlyMap<string, Filled> = new Map(OFTEN_EMPTY_COLUMNS.map((name, at) => [name, 1 << at]));

/** The set of one column. */
export function filledBit(column: string): Filled {
  const bit = BITS.get(column);
  if (bit === undefined) throw new Error(`the column ${column} has no bit in \`filled\``);
  return bit;
}
