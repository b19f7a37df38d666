"""The pages people read and write on. Each view: arguments from the request, one query or service, one template."""
