import { expect, it } from 'vitest';
import { ConfigError, parseServeConfig } from '../../composition/config.ts';
import { COMPLETE, PLANTED } from '../support/platform-environment.ts';

it.each([
  ['LKPS_LOG_LEVEL', 'silent', 'must be one of trace, debug, info, warn, error, fatal'],
  ['LKPS_HOST', '', 'must not be empty'],
  ['LKPS_PORT', '99999999999', 'must be a whole number from 1 to 65535'],
  ['LKPS_PORT', '65536', 'must be a whole number from 1 to 65535'],
  ['LKPS_PORT', '80a', 'must be a whole number from 1 to 65535'],
  [
    'LKPS_RATE_LIMIT_CALLER',
    '50/10000',
    'must be off or <requests>/<seconds> such as 50/10, at most 9999999/9999',
  ],
  ['LKPS_SUBJECT_KEY', PLANTED.subjectKey.slice(0, 31), 'must be at least 32 characters'],
])('the configuration says of %s=%j what it may be', (name, value, problem) => {
  expect(() => parseServeConfig({ ...COMPLETE, [name]: value })).toThrow(
    new ConfigError([`${name}: ${problem}`]),
  );
});
