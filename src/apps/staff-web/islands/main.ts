import { defineSearchAsYouType } from './search-as-you-type.ts';

defineSearchAsYouType();
