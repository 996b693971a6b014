/** The build argument with the time of reproducible builds: https://reproducible-builds.org/specs/source-date-epoch/ */
export const EPOCH_ARGUMENT = 'SOURCE_DATE_EPOCH';
