import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayCall } from './this-machine.ts';

test('暗号化しない呼び出しは、この機械の中だけ', () => {
  for (const address of [
    'https://id.city.example.jp',
    'http://localhost:8081',
    'http://127.0.0.1/x',
    'http://[::1]:80/',
  ]) {
    assert.equal(mayCall(new URL(address)), true, address);
  }
  for (const address of [
    'http://id.city.example.jp',
    'http://localhost.example.jp',
    // The words before the @ are a name and a password, not the machine.
    'http://localhost:x@id.city.example.jp',
    'http://127.0.0.2',
    'ftp://localhost',
  ]) {
    assert.equal(mayCall(new URL(address)), false, address);
  }
});
