import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';

const mebibyte = 1024 * 1024;

/** What a cluster is for: `office` never risks an acknowledged fact, `test` may lose everything in a power cut. */
export type ClusterPurpose = 'office' | 'test';

/** The server's settings as name and value, chosen for a machine with two cores that also runs the application. */
export async function embeddedSettings(socketDir: string, purpose: ClusterPurpose): Promise<Map<string, string>> {
  const memoryMb = totalmem() / mebibyte;
  const settings = new Map([
    ['listen_addresses', ''],
    ['unix_socket_directories', socketDir],
    ['unix_socket_permissions', '0700'],
    ['max_connections', purpose === 'test' ? '300' : '120'],
    ['shared_buffers', `${clamp(memoryMb / 8, 64, 1024)}MB`],
    ['effective_cache_size', `${clamp(memoryMb / 2, 256, 16_384)}MB`],
    ['work_mem', '16MB'],
    ['maintenance_work_mem', `${clamp(memoryMb / 32, 64, 256)}MB`],
    ['random_page_cost', '1.1'],
    ['jit', 'off'],
    ['synchronous_commit', 'on'],
    ['wal_level', 'minimal'],
    ['max_wal_senders', '0'],
    ['max_wal_size', '4GB'],
    ['min_wal_size', '256MB'],
    ['wal_buffers', '16MB'],
    ['checkpoint_timeout', '15min'],
    ['checkpoint_completion_target', '0.9'],
    ['dynamic_shared_memory_type', await sharedMemoryType()],
    ['timezone', 'UTC'],
    ['log_timezone', 'UTC'],
    ['lc_messages', 'C'],
    ['cluster_name', 'sesshu'],
    ...quietLog,
  ]);
  if (purpose === 'test') for (const [name, value] of riskySettings) settings.set(name, value);
  return settings;
}

/** The server's own log must hold nobody: no statement text, no parameter, no key value of a violated constraint. */
const quietLog: readonly (readonly [string, string])[] = [
  ['log_min_messages', 'warning'],
  ['log_min_error_statement', 'panic'],
  ['log_error_verbosity', 'terse'],
  ['log_statement', 'none'],
  ['log_parameter_max_length', '0'],
  ['log_parameter_max_length_on_error', '0'],
  ['log_line_prefix', '%m [%p] %u@%d '],
];

const riskySettings: readonly (readonly [string, string])[] = [
  ['fsync', 'off'],
  ['synchronous_commit', 'off'],
  ['full_page_writes', 'off'],
  ['shared_buffers', '256MB'],
  ['autovacuum_naptime', '10min'],
];

/** Containers often give /dev/shm only 64 MB, too little for parallel queries: then files in the data folder. */
async function sharedMemoryType(): Promise<string> {
  if (process.platform !== 'linux') return 'posix';
  try {
    const { bavail, bsize } = await statfs('/dev/shm');
    return bavail * bsize >= 256 * mebibyte ? 'posix' : 'mmap';
  } catch {
    return 'mmap';
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.round(Math.min(most, Math.max(least, value)));
}
