/** Options of the `ci` generator. */
export interface CiOptions {
  provider?: 'github' | 'gitlab' | 'both';
  shards?: number;
  branch?: string;
  nightly?: string;
  cron?: string;
  cache?: string;
  pin?: boolean;
  actionsServer?: string;
}
