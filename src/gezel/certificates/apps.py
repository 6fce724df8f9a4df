from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "gezel.certificates"
    label = "certificates"
