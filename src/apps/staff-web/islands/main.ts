import { defineAnswerRows } from './answer-rows.ts';
import { lockWhenIdle } from './idle-lock.ts';
import { defineKeyForm } from './key-form.ts';
import { listenForPageKeys } from './page-keys.ts';
import { definePasskeyForm } from './passkey-form.ts';
import { defineProgressPoll } from './progress-poll.ts';
import { defineSearchAsYouType } from './search-as-you-type.ts';
import { showTimelineTips } from './timeline-tips.ts';

defineSearchAsYouType();
defineAnswerRows();
defineProgressPoll();
definePasskeyForm();
defineKeyForm();
showTimelineTips();
listenForPageKeys();
lockWhenIdle();
