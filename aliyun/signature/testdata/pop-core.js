// Makes pop-core.json, vectors for signature v1, with Alibaba's own client:
//
//	npm install @alicloud/pop-core@1.8.0 && node pop-core.js > pop-core.json
const http = require('http');
const kitx = require('kitx');
const { RPCClient } = require('@alicloud/pop-core');

const cases = {
  'an ordinary batch': { JobId: 'wahVIzGkCMuAUE2gDERM020001', IotInstanceId: 'iot-cn-0pp1n8t0001' },
  'spaces': { JobId: 'a b  c ', IotInstanceId: ' ' },
  'plus, star and tilde': { JobId: '+*~', IotInstanceId: '++**~~' },
  'other marks': { JobId: "-_.!'()", IotInstanceId: '"<>\\^`{|}' },
  'what separates parameters': { JobId: 'a=b&c=d;e', IotInstanceId: '?#/:@$,[]%' },
  'escaped already': { JobId: '%2F%252F%zz', IotInstanceId: '%' },
  'Chinese and an emoji': { JobId: '升级批次 一', IotInstanceId: '冷链🚚' },
  'line breaks and a NUL': { JobId: 'a\r\nb\tc', IotInstanceId: '\u0000' },
  'empty values': { JobId: '', IotInstanceId: '' },
  'a page of a list': { FirmwareId: 'UfuxnwygsuSkVE0VCN0100', CurrentPage: 2, PageSize: 200 },
  'names that differ in case': { aa: '1', aB: '2', Aa: '3', AB: '4', a: '5' },
  'a token': { JobId: 'j', SecurityToken: 'CAIS+/tok/en==~ x' },
};

// What the client signs is seen where it signs it, and the rest in the URL that it asks for.
let signed, asked;
const sha1 = kitx.sha1;
kitx.sha1 = (text, key, encoding) => { signed = text; return sha1(text, key, encoding); };
const server = http.createServer((request, response) => {
  asked = new URL(request.url, 'http://localhost');
  response.end('{}');
});
server.listen(0, '127.0.0.1', async () => {
  const vectors = [];
  for (const [name, own] of Object.entries(cases)) {
    for (const secret of ['testsecret', '+/=& 密']) {
      const client = new RPCClient({
        endpoint: `http://127.0.0.1:${server.address().port}`,
        apiVersion: '2018-01-20', accessKeyId: 'testid', accessKeySecret: secret,
      });
      const common = { RegionId: 'cn-shanghai', Timestamp: '2026-11-28T12:00:00Z', SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf' };
      await client.request('QueryOTAJob', { ...common, ...own }, { formatParams: false });
      const { Signature, ...params } = Object.fromEntries(asked.searchParams);
      vectors.push({ name: `${name}, ${secret}`, secret, params, stringToSign: signed, signature: Signature });
    }
  }
  console.log('[\n' + vectors.map((v) => JSON.stringify(v)).join(',\n') + '\n]');
  process.exit();
});
