import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WrongUse } from '../command.ts';
import { readServerSettings } from './server-settings.ts';

test('何も指定しなければ、この機械の中だけの 8080 番で待ち受ける', () => {
  assert.deepEqual(readServerSettings({ PORT: '', SESSHU_HOST: ' ' }), {
    host: '127.0.0.1',
    port: 8080,
    isHttps: false,
    coversSubdomains: true,
    trustProxy: false,
    monitorToken: null,
  });
});

test('前段のサーバーの後ろでは、指定した相手だけが利用者の場所を言える', () => {
  const behind = { SESSHU_HOST: '0.0.0.0', SESSHU_HTTPS: '1', PORT: '9000' };
  assert.equal(readServerSettings(behind).trustProxy, 'loopback');
  const named = readServerSettings({ ...behind, SESSHU_PROXY: '10.0.0.0/24', SESSHU_MONITOR_TOKEN: 'x'.repeat(24) });
  assert.deepEqual(named, {
    host: '0.0.0.0',
    port: 9000,
    isHttps: true,
    coversSubdomains: true,
    trustProxy: '10.0.0.0/24',
    monitorToken: 'x'.repeat(24),
  });
});

test('暗号化のないまま外に開くこと、読めない値、短い合言葉は断る', () => {
  const wrong: Record<string, string>[] = [
    { SESSHU_HOST: '0.0.0.0' },
    { SESSHU_HOST: '192.168.0.5', SESSHU_HTTPS: '0' },
    { SESSHU_HOST: '::' },
    { SESSHU_HTTPS: 'yes' },
    { SESSHU_HSTS_SUBDOMAINS: 'no' },
    { PORT: '65536' },
    { PORT: '-1' },
    { PORT: '80a' },
    { SESSHU_PROXY: 'proxy.example.lg.jp' },
    { SESSHU_PROXY: '10.0.0.0/33' },
    { SESSHU_PROXY: '10.0.0.1,' },
    { SESSHU_MONITOR_TOKEN: 'x'.repeat(23) },
  ];
  for (const environment of wrong) assert.throws(() => readServerSettings(environment), WrongUse);
  assert.equal(readServerSettings({ SESSHU_HSTS_SUBDOMAINS: '0' }).coversSubdomains, false);
  assert.equal(readServerSettings({ SESSHU_PROXY: '10.0.0.1, fd00::/8' }).trustProxy, '10.0.0.1,fd00::/8');
  for (const host of ['localhost', '::1', '127.0.0.53']) readServerSettings({ SESSHU_HOST: host });
});
