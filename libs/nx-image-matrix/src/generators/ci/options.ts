import type { Given } from '../given.ts';

/** Options of the `ci` generator. */
export interface CiOptions {
  provider?: 'github' | 'gitlab' | 'both';
  shards?: number;
  branch?: Given;
  nightly?: string;
  cron?: string;
  cache?: string;
  runners?: Given;
  agents?: number;
  pin?: boolean;
  actionsServer?: string;
}
