-- What lies on the shelf of {{shop}}. Prices are in cents.
CREATE TABLE shelf (
    item   VARCHAR(20) PRIMARY KEY,
    pieces INT NOT NULL,
    cents  INT NOT NULL
);
INSERT INTO shelf VALUES ('bread', {{bread}}, 320);
INSERT INTO shelf VALUES ('honey', {{honey}}, 745);
INSERT INTO shelf VALUES ('candles', {{candles}}, 95);
INSERT INTO shelf VALUES ('string', 0, 180);
