-- Rows as the fourth schema kept them; a test moves them to the newest schema and reads them.
INSERT INTO term VALUES ('topics', 'carrier_problems', '现有快递商的问题', 0);
INSERT INTO account VALUES ('taobao', '淘宝', 'client');
INSERT INTO alias VALUES ('taobao', '淘宝网', 0);
INSERT INTO source (name, label, kind, channel, url, owner, reliability, lawful_basis, schedule, expected_minimum, delay, enabled, options, etag, last_modified, completed, terms_reviewed) VALUES ('wire', '快递观察网', 'feed', 'news', 'http://wire.localhost/feed', '观察', 'B', 'public', '30 6 * * *', 1, 5.0, 1, '{}', '"7"', NULL, 1, '2026-11-20');
INSERT INTO source_run (id, source, started_at, finished_at, state, requests, pages, new, known, bytes, errors, rejected, reason) VALUES (1, 'wire', '2026-11-01 00:00:00', '2026-11-01 00:01:00', 'ok', 2, 1, 1, 0, 100, 0, '{"http_404": 1}', '');
INSERT INTO page (id, url, digest, source, fetched_at, content_type, listed_title, listed_at, body, state, reason, detail, checked_at) VALUES (1, 'http://wire.localhost/1', 'd1', 'wire', '2026-11-01 00:00:30', 'text/html', NULL, NULL, x'28b52ffd200201000068c3a4', 'read', '', '', '2026-11-02 00:00:00');
INSERT INTO story VALUES (1);
INSERT INTO article (id, url, page_id, story_id, source, title, text, lang, encoding, author, publisher, published_at, published_precision, published_evidence, published_origin, dated_at, report) VALUES (1, 'http://wire.localhost/1', 1, 1, 'wire', '华东爆仓', '淘宝商家称韵达网点爆仓。', 'zh', 'utf-8', NULL, NULL, '2026-10-31 16:30:00', 'minute', '2026-11-01 00:30', 'label', '2026-10-31 16:30:00', x'00');
INSERT INTO mention (id, article_id, account_id, start, "end", surface, about) VALUES (1, 1, 'taobao', 5, 7, '淘宝', 1);
INSERT INTO event (id, article_id, type, trigger, start, "end", status, rule) VALUES (1, 1, 'service_disruption', '爆仓', 5, 17, 'asserted', 'r');
INSERT INTO argument (id, event_id, role, text, start, "end", account_id) VALUES (1, 1, 'place', '网点', 12, 14, NULL);
INSERT INTO finding (id, article_id, account_id, topic, event, start, "end", rule, dated_at) VALUES (1, 1, 'taobao', 'carrier_problems', 'service_disruption', 5, 17, 'r', '2026-10-31 16:30:00');
INSERT INTO article_search (rowid, tokens) VALUES (1, '华东 东爆 爆仓 仓 淘宝');
INSERT INTO series_point (id, article_id, series, subject, period, value, step, unit, yoy, start, "end") VALUES (1, 1, 'courier.volume', 'taobao', '2026-09', 190000000.0, 10000000.0, '件', 10.0, 5, 17);
INSERT INTO notice (article_id, kind, procurement, published, deadline, ends, facts) VALUES (1, 'tender', 'TB1', '2026-11-01', '2026-12-01 06:00:00', NULL, '{"kind": "tender", "label": "招标公告", "span": {"start": 0, "end": 4}, "published": "2026-11-01"}');
INSERT INTO notice_account (article_id, account_id) VALUES (1, 'taobao');
INSERT INTO place (article_id, start, "end", label) VALUES (1, 0, 17, '第1页');
INSERT INTO source_check (source, checked_at, robots, listed, problems) VALUES ('wire', '2026-11-02 00:00:00', 'allowed', 3, '["lists 3 pages, expected at least 5"]');
