
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
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('goal', models.CharField(choices=[('any', 'A page on at least one network'), ('obligatory', 'Pages on every obligatory network'), ('vk', 'A page on VK'), ('ok', 'A page on Odnoklassniki'), ('telegram', 'A channel on Telegram'), ('max', 'A channel on MAX'), ('state_mark', 'State mark'), ('has_avatar', 'Avatar'), ('has_description', 'Description'), ('names_institution', 'Name of the institution'), ('has_contacts', 'Phone or e-mail'), ('has_site', 'Address of the site'), ('has_cover', 'Cover'), ('pos_widget', 'ПОС widget'), ('widgets', 'Two menu widgets'), ('component', 'Connected to «Госпаблики»'), ('posting', 'At least 3 posts in 7 days')], max_length=20, verbose_name='goal')),
                ('due', models.DateField(verbose_name='term')),
                ('responsible', models.CharField(blank=True, max_length=200, verbose_name='responsible')),
                ('created_at', models.DateTimeField(verbose_name='added at')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                ('municipality', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.municipality', verbose_name='municipality')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='monitoring.region', verbose_name='region')),
            ],
            options={
                'verbose_name': 'step of the road map',
                'verbose_name_plural': 'steps of the road map',
                'ordering': ['due', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('region'), models.F('municipality'), models.F('goal'), name='step_in_municipality'), models.UniqueConstraint(models.F('region'), models.F('goal'), condition=models.Q(('municipality', None)), name='step_in_region')],
            },
        ),
    ]
