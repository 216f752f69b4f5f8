-- お知らせの電子メールをあとでもう一度: a mail that the server refuses for this mailbox waits, longer each time, and holds up
-- nobody else's; a mailbox that does not exist is not asked for every minute.
ALTER TABLE account_notices
  ADD COLUMN mail_tries integer NOT NULL DEFAULT 0 CHECK (mail_tries >= 0),
  ADD COLUMN mail_next_at timestamptz;
COMMENT ON COLUMN account_notices.mail_tries IS '電子メールが断られた回数';
COMMENT ON COLUMN account_notices.mail_next_at IS '電子メールを次に試す日時: null while none was refused';
GRANT UPDATE (mail_tries, mail_next_at) ON account_notices TO sesshu_app;
