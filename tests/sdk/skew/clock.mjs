/** Shifts the wall clock of a Node by `LKPS_TEST_SKEW_SECONDS`, before anything is loaded; `performance.now()` goes on. */
const skewMs = Number(process.env['LKPS_TEST_SKEW_SECONDS'] ?? '0') * 1000;
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + skewMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + skewMs;
  }
};
