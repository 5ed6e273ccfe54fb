export { FlexibleRateLimiter, type FlexibleRateLimiterOptions } from './flexible-rate-limiter.ts';
