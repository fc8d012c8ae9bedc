"""The API's description (OpenAPI 3.1), made from what reads and answers requests: routes, forms, shapes, and the
library's rules. Only who asks for it loads this."""
