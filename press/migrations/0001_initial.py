
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('monitoring', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FactSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='as of')),
                ('against', models.DateField(null=True, verbose_name='compared with')),
                ('first', models.DateField(verbose_name='posts from')),
                ('last', models.DateField(verbose_name='posts until')),
                ('earlier_first', models.DateField(null=True, verbose_name='compared with posts from')),
                ('earlier_last', models.DateField(null=True, verbose_name='compared with posts until')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version of the definitions')),
                ('definitions', models.JSONField(default=dict, verbose_name='definitions')),
                ('issued_at', models.DateTimeField(verbose_name='issued at')),
                ('digest', models.CharField(max_length=64, verbose_name='sha256 of the sheet')),
                ('published_at', models.DateTimeField(null=True, verbose_name='published at')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='issued by')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fact_sheets', to='monitoring.region', verbose_name='region')),
            ],
            options={
                'verbose_name': 'fact sheet',
                'verbose_name_plural': 'fact sheets',
                'ordering': ['-day', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='code')),
                ('kind', models.CharField(choices=[('pages', 'Pages'), ('subscribers', 'Subscribers'), ('share', 'Share of all subscribers'), ('mean', 'Subscribers a page'), ('same_pages', 'Subscribers of the same pages'), ('gained', 'Pages gained'), ('lost', 'Pages lost'), ('posts', 'Posts'), ('events', 'Trainings held'), ('trained', 'People trained')], max_length=12, verbose_name='figure')),
                ('network', models.CharField(blank=True, choices=[('vk', 'VK'), ('ok', 'Odnoklassniki'), ('telegram', 'Telegram'), ('max', 'MAX')], max_length=10, verbose_name='network')),
                ('networks', models.JSONField(default=list, verbose_name='networks it spans')),
                ('value', models.PositiveBigIntegerField(null=True, verbose_name='value')),
                ('parts', models.PositiveBigIntegerField(null=True, verbose_name='divided by')),
                ('earlier', models.PositiveBigIntegerField(null=True, verbose_name='earlier value')),
                ('earlier_parts', models.PositiveBigIntegerField(null=True, verbose_name='earlier divided by')),
                ('not_compared', models.CharField(blank=True, max_length=200, verbose_name='why it is not compared')),
                ('pages', models.PositiveIntegerField(null=True, verbose_name='pages')),
                ('measured', models.PositiveIntegerField(null=True, verbose_name='measured of them')),
                ('page_set', models.CharField(blank=True, max_length=64, verbose_name='sha256 of the page set')),
                ('inputs', models.JSONField(default=dict, verbose_name='inputs')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='press.factsheet', verbose_name='fact sheet')),
            ],
            options={
                'verbose_name': 'press figure',
                'verbose_name_plural': 'press figures',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(models.F('sheet'), models.F('kind'), models.F('network'), name='figure_once')],
            },
        ),
    ]
