import { describeHttpHost } from '../../contract/http-host.contract.ts';
import { describeHttpService } from '../../contract/http-service.contract.ts';
import { openKoa } from '../../support/http-koa-host.ts';

describeHttpHost('Koa', openKoa);
describeHttpService('Koa', openKoa);
