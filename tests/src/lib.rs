//! What the tests share: fakes of every port and the tools to drive the built app.
