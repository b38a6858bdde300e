-- Run once, by the image, when the server's folder is empty. The panel and the platform
-- have a role and a database each. That the panel reads the platform by a third role, of
-- a few columns, is the platform's to say (docs/operations.md; the demo does it itself).
\set panel `cat /run/secrets/postgres-panel`
\set platform `cat /run/secrets/postgres-platform`
CREATE ROLE opspanel LOGIN PASSWORD :'panel';
CREATE DATABASE opspanel OWNER opspanel;
REVOKE CONNECT, TEMPORARY ON DATABASE opspanel FROM PUBLIC;
CREATE ROLE platform LOGIN CREATEROLE PASSWORD :'platform';
CREATE DATABASE platform OWNER platform;
